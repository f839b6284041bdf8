"""Define the contract between the engine and plugins.

`components` holds the base class of each slot, `data` what passes between the slots, `hooks` the functions that a
plugin may implement, `parameter_types` the bounded types of recipe parameters, and `errors` the errors that a user can
cause. Plugins import all of it from `mpcl_core.plugin`.
"""
