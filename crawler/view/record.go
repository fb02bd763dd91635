package view

import (
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// Record holds the values of a line of any type. Keys that a type lacks are zero.
type Record struct {
	item.Article
	Block     string       `json:"block,omitempty"`
	Position  int          `json:"position,omitempty"`
	Status    int          `json:"status,omitempty"`
	FirstSeen item.Instant `json:"first_seen,omitzero"`
}

// When is the date of publication, with an unknown zone taken for UTC, else the time at
// which newsonce saw what the line tells.
func (r *Record) When() time.Time {
	if r.DatePublished.IsZero() && r.FetchedAt.IsZero() {
		return r.FirstSeen.Time
	}
	return When(&r.Article)
}

// When is the time by which an article is sorted: of publication, with an unknown zone
// taken for UTC, else when it was fetched.
func When(a *item.Article) time.Time {
	if !a.DatePublished.IsZero() {
		return a.DatePublished.Time
	}
	return a.FetchedAt.Time
}
