-- What is still to be written is of these hours.
UPDATE load_window SET window_start = $window_start, window_end = $window_end
