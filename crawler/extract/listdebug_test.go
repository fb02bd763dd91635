package extract

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

func TestListDebug(t *testing.T) {
	out, _ := os.Create("/tmp/listdebug.txt")
	defer out.Close()
	w := bufio.NewWriter(out)
	defer w.Flush()
	for _, set := range []string{"aeb", "fundus", "hdmc", "traf", "headlines"} {
		dir := filepath.Join("/tmp/data/extract", set)
		f, _ := os.Open(filepath.Join(dir, "pages.jsonl"))
		d := json.NewDecoder(f)
		for d.More() {
			var p struct{ ID, URL, HTML string }
			d.Decode(&p)
			body, _ := os.ReadFile(filepath.Join(dir, p.HTML))
			tr, err := parseTree(body)
			if err != nil {
				continue
			}
			in := Page{URL: p.URL, Body: body, FetchedAt: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
			pg := &page{in: in, rules: &Rules{}, tree: tr, urls: newResolver(p.URL, tr), result: &Result{Rules: map[string]string{}}}
			pg.dates = newDateReader(in, pg.pageLanguage())
			ls := pg.lists()
			fmt.Fprintf(w, "## %s %s %d\n", set, p.ID, len(ls))
			lines := pg.lines()
			for _, l := range ls {
				fmt.Fprintf(w, "  [%s] %d\n", l.name, len(l.entries))
				for k, e := range l.entries {
					if !e.date.IsZero() || k > 3 {
						continue
					}
					a := sort.Search(len(lines), func(k int) bool { return lines[k].last >= e.from })
					b := sort.Search(len(lines), func(k int) bool { return lines[k].first >= e.to })
					var s []string
					for i := max(0, a-1); i < min(b+1, len(lines)); i++ {
						m := ""
						if i < a || i >= b {
							m = "^"
						}
						s = append(s, m+lines[i].text)
					}
					fmt.Fprintf(w, "      %.300s\n", strings.Join(s, " ⏎ "))
				}
			}
			// leftovers: links that are in no list
			in2 := map[int32]bool{}
			for _, l := range ls {
				for _, e := range l.entries {
					in2[e.link] = true
				}
			}
			for _, e := range pg.titleLinks() {
				if !in2[e.link] {
					k := sort.Search(len(lines), func(k int) bool { return lines[k].last >= e.link })
					after := ""
					if k+1 < len(lines) {
						after = lines[k+1].text
					}
					fmt.Fprintf(w, "    LEFT %.80s | %.60s\n", e.title, after)
				}
			}
		}
	}
}
