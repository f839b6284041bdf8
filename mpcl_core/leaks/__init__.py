"""Look for leaks: information about the test windows that reaches the numbers reported for them.

Seven kinds, by the letter in each code:

- (a) the two sides of a fold share windows, time, trials or subjects;
- (b) something was fitted on windows outside the fold's fitting windows;
- (c) weights or other state are carried from one fold to the next;
- (d) something was chosen by the test windows;
- (e) a model beats the mean although its labels were shuffled;
- (f) the nearest neighbours of a test window are of its own trial, and this improves the score;
- (g) a channel is constant within trials and differs between them, or equals a clock or a label.

(a), the validation windows of (d), (f) and (g) are found by comparing windows. The rest is found by experiment: data
are prepared with and without the test windows, and jobs run in fresh processes, alone and after each other, with other
test labels, with fewer test windows and with shuffled labels, while every component is recorded. No component is
judged by its name.
"""
