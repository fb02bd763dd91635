package state

import "time"

// Sightings tell which URLs of a site were answered with one text.
type Sightings struct {
	URLs []Sighting
	// Others counts the other texts that the site's URLs were answered with since the
	// first sighting, up to MaxOthers. It is 0 without one.
	Others int
}

// Bounds of Sightings.
const (
	MaxSightings = 8
	MaxOthers    = 200
)

// Sighting is a URL that was answered with a text: it was written as an article or a
// reference, held back, or blocked.
type Sighting struct {
	ID       URLID
	URL      string
	Title    string    // of the link that it was found by
	Fetches  int       // how often in a row, 0 where that was not counted
	Since    time.Time // of the first of these
	Doubt    Doubt
	Written  bool // as an article or a reference
	Replaced bool // the URL gave another article since
}

// OldText is a URL whose article has the text of others, or was written as a suspect.
type OldText struct {
	ID        URLID
	Site, URL string
	Hash      [32]byte // equal for equal texts
	At        time.Time
	Suspect   bool // it was written as a suspect
}
