package watch

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
)

// stalled is how long nothing may happen in a run before it counts as hanging.
const stalled = 2 * time.Minute

// health is what /healthz shows.
type health struct {
	Status  string    `json:"status"`           // starting, ok, degraded or stalled
	Reason  string    `json:"reason,omitempty"` // of degraded
	Begun   time.Time `json:"begun"`            // of the process
	Alive   time.Time `json:"alive,omitzero"`
	Loaded  time.Time `json:"configuration_loaded"`
	Refused string    `json:"configuration_refused,omitempty"` // why the last reload was refused
	Last    *lastRun  `json:"last_run,omitempty"`
}

// lastRun is the last run that ended.
type lastRun struct {
	ID     string    `json:"id"`
	Exit   int       `json:"exit"`
	Reason string    `json:"reason"`
	Ended  time.Time `json:"ended"`
}

// judged returns the health at a time.
func (d *Daemon) judged(now time.Time) health {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.health
	h.Begun = d.begun
	if h.Loaded.IsZero() {
		h.Loaded = d.begun
	}
	switch {
	case h.Alive.IsZero():
		h.Status = "starting"
	case now.Sub(h.Alive) > stalled:
		h.Status = "stalled"
	case h.Refused != "":
		h.Status, h.Reason = "degraded", "the last configuration was refused"
	case h.Last != nil && h.Last.Exit != report.ExitOK:
		h.Status, h.Reason = "degraded", h.Last.Reason
	default:
		h.Status = "ok"
	}
	return h
}

// Handler serves /healthz, and /metrics if metrics is not nil. The status of /healthz is
// 503 only while a run hangs, which a restart may help.
func (d *Daemon) Handler(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		h := d.judged(time.Now())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if h.Status == "stalled" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(h) // an error means that the client is gone
	})
	if metrics != nil {
		mux.Handle("/metrics", metrics)
	}
	return mux
}
