package propose

import (
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/item"
)

// guessZone returns a time zone for a site and the reason for it. zone is "" when
// there is no guess; a reason then says what contradicts it. declared is a date
// of the site that carries an offset, or the zero Date.
func guessZone(host string, declared item.Date) (zone, reason string) {
	domain := host[strings.LastIndexByte(host, '.')+1:]
	if country, sole := date.CountryZone(domain); sole {
		zone = country
	}
	offset := ""
	if declared.Zoned {
		if _, seconds := declared.Time.Zone(); seconds != 0 {
			offset = declared.Time.Format("-07:00")
		}
	}
	switch {
	case zone == "" && offset == "":
		return "", ""
	case zone == "":
		return "", "its dates declare the offset " + offset + "; enter the zone that has it"
	case offset == "":
		return zone, "a guess from the domain ." + domain
	}
	if loc, err := time.LoadLocation(zone); err != nil || declared.Time.In(loc).Format("-07:00") != offset {
		return "", fmt.Sprintf("the domain .%s suggests %s, but its dates declare the offset %s", domain, zone, offset)
	}
	return zone, fmt.Sprintf("a guess from the domain .%s, and its dates declare the offset %s", domain, offset)
}
