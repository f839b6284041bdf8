"""What ``mpcl new plugin`` starts from: one working component a slot, called ``Template`` and ``template``."""
