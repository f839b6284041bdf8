"""Looks for leaks: ways in which a number owes something to the test rows that it is about.

Six kinds, by the letter behind each code:

- (a) the two sides of a fold share rows, windows, time, trials or subjects;
- (b) something was fitted on rows outside the fold's fitting rows;
- (c) weights or other state are carried from one fold to the next;
- (d) something was chosen by the test rows;
- (e) a model beats the mean although its labels were shuffled;
- (f) the nearest neighbours of a test row are of its own trial, and that pays.

(a), (d) and (f) are read off the rows. The rest is found by trying: data are prepared with and without the test rows,
and jobs run in fresh processes, alone and after each other, with other test labels, with fewer test rows and with
shuffled labels, while every component is watched. No component is judged by its name.
"""
