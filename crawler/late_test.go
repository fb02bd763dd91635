package crawler

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
)

// TestLatePanic: a stage that panics while a batch is read fails its page, and
// leaves what the frontier noted of the host.
func TestLatePanic(t *testing.T) {
	r := &run{Options: Options{Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	news := &site{Site: &config.Site{Name: "news"}}
	unread := func(t *task) *result {
		res := newResult(t, time.Now())
		res.resp = fetch.Response{Class: fetch.OK, URL: t.url}
		res.body, res.unread, res.pace = []byte("<h1>Bridge opens</h1>"), true, &state.Pace{Group: "news.example"}
		return res
	}
	res := unread(&task{site: news, url: "http://news.example/1"}) // without a page, which visitPage needs
	other := unread(&task{site: news, url: "http://news.example/2", page: &state.URL{ID: 7}})
	other.resp.Class = fetch.Gone
	r.readAll([]*result{other, res})
	if res.unread || res.body != nil || res.pace == nil || res.outcome.Kind != polite.Answered {
		t.Errorf("after the panic: %+v", res)
	}
	if res.err == nil || !strings.Contains(res.err.Error(), "internal error: ") {
		t.Errorf("error %v", res.err)
	}
	if other.err != nil || other.unread || other.visit.State != state.Gone {
		t.Errorf("the other page: %+v", other)
	}
}
