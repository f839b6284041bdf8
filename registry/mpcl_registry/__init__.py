"""Which class does (slot, name) mean, and who brought it?"""
