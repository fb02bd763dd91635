package date

import (
	"testing"
	"time"
)

func TestZonesExist(t *testing.T) {
	for _, zones := range []map[string]string{countryZones, languageZones} {
		for key, name := range zones {
			if _, err := time.LoadLocation(name); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	for _, domain := range severalZones {
		if countryZones[domain] == "" {
			t.Errorf(".%s has no zone", domain)
		}
	}
}

func TestCountryZone(t *testing.T) {
	for domain, want := range map[string]struct {
		zone string
		sole bool
	}{"ge": {"Asia/Tbilisi", true}, "au": {"Australia/Sydney", false}, "me": {"", false}, "com": {"", false}} {
		if zone, sole := CountryZone(domain); zone != want.zone || sole != want.sole {
			t.Errorf("CountryZone(%q) = %q, %v, want %q, %v", domain, zone, sole, want.zone, want.sole)
		}
	}
}
