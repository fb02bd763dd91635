-- A position is JSON that only the sink of the output reads. Unsigned numbers
-- of 64 bits are strings in it. Files of a run that did not end may hold more
-- than was committed; until now that was looked at for the last run alone.

CREATE TABLE position (
    key  TEXT PRIMARY KEY,
    data TEXT NOT NULL,
    run  TEXT NOT NULL                  -- last run that wrote there
) WITHOUT ROWID;

INSERT INTO position
SELECT path,
       json_object('offset', bytes, 'lines', lines, 'tail', printf('%u', tail), 'member', member, 'check', printf('%u', summed),
                   'first', first, 'last', last, 'number', number, 'sealed', sealed, 'sum', sum),
       CASE run WHEN (SELECT id FROM run ORDER BY seq DESC LIMIT 1) THEN run ELSE '' END
FROM output;

DROP TABLE output;
ALTER TABLE position RENAME TO output;
