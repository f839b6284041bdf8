"""Damage files that the framework wrote itself, read them as the commands do, and report what happens.

All cases run in one process with a limit on its memory and a limit on the time of each case. Right are a refusal (a
`UserError`, or an exit code of 1 or 2 with a message) and an answer; wrong are any other exception, a hang, and too much
memory.
"""
