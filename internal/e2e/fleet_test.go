package e2e

import (
	"flag"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/testpg"
)

var (
	fleetKills    = flag.Int("fleetkills", 4, "kills of a crawl by several processes")
	fleetStops    = flag.Int("fleetstops", 1, "stops of one of the processes for longer than its leases")
	fleetRestarts = flag.Int("fleetrestarts", 0, "restarts of the database server meanwhile, every other one a crash")
	fleetWorkers  = flag.Int("fleetworkers", 3, "processes that crawl at once")
)

// fleet is a setup whose state is in PostgreSQL.
func fleet(t *testing.T, o demosite.Options) *setup {
	t.Helper()
	url := testpg.Database(t)
	s := serve(t, o)
	s.times.Lease = 5 * time.Second
	s.edit("state: "+strconv.Quote(s.path("newsonce.db")), "state: "+strconv.Quote(url))
	return s
}

// How much later than the client the server may note that a response has ended: the handler
// returns after the last byte was sent. Many processes make the machine busy.
const (
	logged     = time.Millisecond
	loggedBusy = 10 * time.Millisecond
)

// politePauses requires that no request to a site overlapped with another, or came before
// the end of the delay after it, less logged.
func (s *setup) politePauses(delay, logged time.Duration) {
	s.t.Helper()
	bySite := map[int][]demosite.Request{}
	for _, r := range s.world.Log() {
		bySite[r.Site] = append(bySite[r.Site], r)
	}
	least, wrong := time.Hour, 0
	for site, list := range bySite {
		slices.SortFunc(list, func(a, b demosite.Request) int { return a.Begin.Compare(b.Begin) })
		for i := 1; i < len(list); i++ {
			pause := list[i].Begin.Sub(list[i-1].End)
			if list[i-1].End.IsZero() {
				pause = -1
			}
			least = min(least, pause)
			if pause < delay-logged {
				if wrong++; wrong <= 5 {
					s.t.Errorf("site %d: %s was requested %v after %s, due was %v", site, list[i].Path, pause, list[i-1].Path, delay)
				}
			}
		}
	}
	s.t.Logf("%d requests, %d early, least pause %v of %v", len(s.world.Log()), wrong, least, delay)
}

// Several processes crawl at once: each article is written once, each host has one visitor
// at a time, and no process excludes another.
func TestFleet(t *testing.T) {
	t.Parallel()
	const delay = 20 * time.Millisecond
	s := fleet(t, demosite.Options{Sites: 8, Articles: scale(400), Delay: delay, Parallel: 1})
	var all []*process
	for range 3 {
		all = append(all, s.start())
	}
	for _, p := range all {
		p.wait().exits(t, 0)
	}
	s.complete()
	s.politePauses(delay, logged)
	s.costs(0, 3)

	again := len(s.world.Log())
	all = []*process{s.start(), s.start()}
	for _, p := range all {
		p.wait().exits(t, 0)
	}
	for _, r := range s.world.Log()[again:] {
		if !r.Conditional && r.Path != "/robots.txt" {
			t.Errorf("an unchanged site was requested without validators: %s", r.Path)
		}
	}
	s.complete()
	s.politePauses(delay, logged)
	for _, args := range [][]string{
		{"crawl", "--dry-run"}, {"backfill", "--dry-run"}, {"check"}, {"report", "-o", s.path("report.html")},
		{"export", "--format", "csv", "-o", s.path("items.csv")}, {"robots", s.world.URLs()[0] + "/x"}, {"status", "--failed", "--empty", "--suspects"},
	} {
		run(t, s.args(args)...).exits(t, 0)
	}
	articles := decode[struct{ URL string }](t, s.items(), "article")
	run(t, s.args([]string{"forget", articles[0].URL})...).exits(t, 0)
	run(t, s.args([]string{"forget", articles[0].URL})...).exits(t, 2, "not known")
	run(t, s.args([]string{"state", "rebuild"})...).exits(t, 1, "none can be rebuilt")
	if st := s.status(); st.Running || len(st.Runs) != 5 || st.Outbox > 0 {
		t.Errorf("status after all: running %v, %d runs, %d lines in the outbox", st.Running, len(st.Runs), st.Outbox)
	}
}

// Processes that crawl together are killed, stopped for longer than their leases, and cut
// off from the database: nothing is lost, nothing is written twice, and each host is
// requested politely.
func TestFleetUnderFire(t *testing.T) {
	const delay = 50 * time.Millisecond
	rng := random(t)
	server := testpg.Shared(t)
	articles := 200 * (*fleetKills + 3**fleetStops + 3**fleetRestarts)
	s := fleet(t, demosite.Options{Sites: 8, Articles: articles, Delay: delay, Parallel: 1})
	all := make([]*process, *fleetWorkers)
	hurt := map[*process]bool{} // may fail
	runs := 0
	keepUp := func() { // starts those again that have ended
		for i, p := range all {
			if p != nil && p.running() {
				continue
			}
			if p != nil && p.ProcessState.ExitCode() > 0 && !hurt[p] {
				t.Fatalf("a crawl failed\n%s", p.wait())
			}
			if p != nil && p.ProcessState.ExitCode() == 0 { // there was too little to do
				s.world.Publish(100)
			}
			runs++
			all[i] = s.start()
		}
	}
	var events []string
	for what, n := range map[string]int{"kill": *fleetKills, "stop": *fleetStops, "restart": *fleetRestarts} {
		for range n {
			events = append(events, what)
		}
	}
	slices.Sort(events)
	rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	keepUp()
	killed, stopped, restarted := 0, 0, 0
	for _, what := range events {
		target := len(s.world.Log()) + 1 + rng.IntN(150)
		eventually(t, "requests", func() bool {
			keepUp()
			return len(s.world.Log()) >= target
		})
		p := all[rng.IntN(len(all))]
		switch what {
		case "kill":
			if p.kill() {
				killed++
			}
			hurt[p] = true
		case "stop":
			hurt[p] = true
			p.signal(syscall.SIGSTOP)
			time.Sleep(s.times.Lease * 3 / 2)
			p.signal(syscall.SIGCONT)
			stopped++
		case "restart":
			for _, p := range all {
				hurt[p] = true
			}
			end := server.Stop
			if restarted%2 == 1 {
				end = server.Crash
			}
			end()
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			restarted++
		}
	}
	var wait sync.WaitGroup
	for _, p := range all {
		wait.Go(func() { <-p.ended })
	}
	wait.Wait()
	time.Sleep(s.times.Lease) // those of the killed end
	for range 2 {             // the first one resumes interrupted passes, the second begins new ones
		t.Log(s.crawl().exits(t, 0).err)
	}
	s.complete()
	s.politePauses(delay, loggedBusy)
	s.costs(killed+stopped+restarted**fleetWorkers, runs+2)
	t.Logf("%d processes, %d runs, %d kills, %d stops, %d restarts of the server: %d lines, 0 lost, 0 repeated",
		*fleetWorkers, runs, killed, stopped, restarted, s.lines())
}

// A state is copied to PostgreSQL and back between crawls: each continues where the one
// before ended, and nothing is written twice.
func TestStateCopy(t *testing.T) {
	t.Parallel()
	rng := random(t)
	s := serve(t, demosite.Options{Sites: 3, Articles: 60})
	s.crawl().exits(t, 0)
	places := []string{s.path("newsonce.db"), testpg.Database(t), s.path("back.db")}
	for i, to := range places[1:] {
		from := places[i]
		copied := false
		for range 4 { // broken off, and continued
			p := startWith(t, s.times, program, s.args([]string{"state", "copy", from, to})...)
			select {
			case <-time.After(time.Duration(rng.IntN(150)) * time.Millisecond):
			case <-p.ended:
			}
			if copied = !p.kill(); copied {
				p.wait().exits(t, 0)
				break
			}
		}
		if !copied {
			run(t, s.args([]string{"state", "copy", from, to})...).exits(t, 0, "both states hold the same")
		}
		run(t, s.args([]string{"state", "copy", from, to})...).exits(t, 1, "already")
		s.edit("state: "+strconv.Quote(from), "state: "+strconv.Quote(to))
		s.crawl().exits(t, 0)
		s.world.Publish(20)
		s.crawl().exits(t, 0)
		s.complete()
	}
	again := len(s.world.Log())
	s.crawl().exits(t, 0)
	for _, r := range s.world.Log()[again:] {
		if !r.Conditional && r.Path != "/robots.txt" {
			t.Errorf("an unchanged site was requested without validators: %s", r.Path)
		}
	}
	run(t, s.args([]string{"state", "copy", s.path("none.db"), s.path("new.db")})...).exits(t, 1, "none.db")
	run(t, s.args([]string{"state", "copy", "x"})...).exits(t, 2, "needs two states")
}
