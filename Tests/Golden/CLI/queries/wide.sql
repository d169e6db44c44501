-- width: 50
SELECT 'a text that is much longer than the terminal is wide, so it is cut' AS long, 12345 AS number, 'short' AS short;
SELECT 1 AS column_one, 2 AS column_two, 3 AS column_three, 4 AS column_four, 5 AS column_five, 6 AS column_six, 7 AS column_seven;
