"""Hold what ``mpcl new plugin`` starts from: a working component for each slot, named ``Template`` and ``template``."""
