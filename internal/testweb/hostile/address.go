package hostile

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Forms are 36 ways to write addresses that must not be contacted: this machine, a
// private network, metadata services. {trap} is the watched port.
var Forms = []string{
	"127.0.0.2:{trap}",
	"127.0.0.1:{trap}",
	"127.1.2.3:{trap}",
	"127.1:{trap}",             // two parts
	"127.0.1:{trap}",           // three parts
	"2130706434:{trap}",        // decimal
	"0x7f000002:{trap}",        // hexadecimal
	"017700000002:{trap}",      // octal
	"0177.0.0.2:{trap}",        // octal parts
	"0x7f.0.0.2:{trap}",        // hexadecimal parts
	"0x7F.0x0.0x0.0x2:{trap}",  // in capitals
	"00177.0.0.2:{trap}",       // octal with more zeros
	"127.0.0.2.:{trap}",        // trailing dot
	"%31%32%37.0.0.2:{trap}",   // escaped
	"１２７．０．０．２:{trap}",         // full-width
	"127。0。0。2:{trap}",         // ideographic full stops
	"①②⑦.0.0.2:{trap}",         // circled
	"0.0.0.0:{trap}",           // this host
	"0:{trap}",                 // short
	"[::1]:{trap}",             // loopback
	"[0:0:0:0:0:0:0:1]:{trap}", // written out
	"[::]:{trap}",              // unspecified
	"[::ffff:127.0.0.2]:{trap}",
	"[::ffff:7f00:2]:{trap}", // mapped, in hexadecimal
	"[0:0:0:0:0:ffff:127.0.0.2]:{trap}",
	"[::127.0.0.2]:{trap}",     // IPv4-compatible
	"[64:ff9b::7f00:2]:{trap}", // NAT64
	"[2002:7f00:2::]:{trap}",   // 6to4
	"[fe80::1]:{trap}",         // link-local
	"[fd00:ec2::254]:{trap}",   // metadata service
	"localhost:{trap}",
	"LocalHost.:{trap}",
	"news.localhost:{trap}",
	"169.254.169.254", // metadata service
	"10.0.0.1:{trap}",
	"192.168.0.1:{trap}",
}

func addressCases() []Case {
	const must = "connect to none of them"
	var links, hosts, starts, origins []string
	redirects := Case{Name: "address/redirects", Does: "36 articles redirect to addresses that must not be contacted",
		Must: must, Answers: map[string]Answer{},
		Want: Want{Counts: map[string]int{"refused": 36}, Requests: 42}}
	lists := Case{Name: "address/listings",
		Does: "36 listings redirect to addresses that must not be contacted, which the configuration names as hosts of the site",
		Must: must, Answers: map[string]Answer{},
		Want: Want{Articles: []string{}, Exit: []int{1, 3}, Requests: 40}}
	for i, f := range Forms {
		links = append(links, "http://"+f+"/news/x")
		hosts = append(hosts, fmt.Sprintf("%q", f))
		path := fmt.Sprintf("/news/r%d", i)
		redirects.Links = append(redirects.Links, path)
		redirects.Answers[path] = to("http://" + f + "/news/x")
		list := fmt.Sprintf("/l%d", i)
		lists.Answers[list] = to("http://" + f + "/")
		starts = append(starts, fmt.Sprintf("%q", "http://{host}"+list))
	}
	allHosts := `hosts: ["{host}", ` + strings.Join(hosts, ", ") + `]`
	named := redirects
	named.Name, named.Does = "address/redirects in scope", "the same, and the configuration names them as hosts of the site"
	named.Site = []string{allHosts}
	named.Want = Want{Requests: 42}

	lists.Sites = "  - name: lists\n    " + allHosts + "\n    sources: [{listing: {urls: [" + strings.Join(starts,
		", ") + "]}}]\n    article: {match: '/news/'}\n"
	for i := range Forms {
		origins = append(origins, fmt.Sprintf("  - {name: o%d, sources: [{listing: {urls: [\"http://{origin%d}/\"]}}]}\n",
			i, i))
	}
	robots := Case{Name: "address/robots.txt",
		Does:    "the robots.txt of 36 hosts redirects to addresses that must not be contacted",
		Must:    must + ", and fetch nothing without rules",
		Origins: len(Forms), Sites: strings.Join(origins, ""), Answers: map[string]Answer{"/robots.txt": robotsOfForms},
		Want: Want{Articles: []string{}, Exit: []int{1}, Paths: map[string]int{"/": 0}, Requests: 80}}
	env := Case{Name: "address/proxy of the environment", Does: "HTTP_PROXY names an address that must not be contacted",
		Must: "use no proxy that is not configured",
		Env: map[string]string{"HTTP_PROXY": "http://127.0.0.2:{trap}", "http_proxy": "http://127.0.0.2:{trap}",
			"ALL_PROXY": "socks5://127.0.0.2:{trap}"},
		Want: Want{}}
	colly := Case{Name: "address/variables of Colly", Does: "COLLY_* variables ask for other behaviour",
		Must: "not listen to them",
		Env: map[string]string{"COLLY_IGNORE_ROBOTSTXT": "y", "COLLY_MAX_BODY_SIZE": "10", "COLLY_USER_AGENT": "other",
			"COLLY_ALLOWED_DOMAINS": "example.org", "COLLY_CACHE_DIR": "colly-cache", "COLLY_FOLLOW_REDIRECTS": "y"},
		Want: Want{}}
	return []Case{
		{Name: "address/links", Does: "36 links to addresses that must not be contacted", Must: must, Links: links,
			Want: Want{Requests: 4}},
		{Name: "address/links in scope", Does: "the same, and the configuration names them as hosts of the site",
			Must: must, Links: links, Site: []string{allHosts}, Want: Want{Requests: 4, Exit: []int{0, 3}}},
		redirects, named, lists, robots, env, colly,
	}
}

// robotsOfForms redirects the robots.txt of each origin to another of Forms.
func robotsOfForms(w http.ResponseWriter, r *http.Request, s *Server) {
	i := slices.Index(s.Origins, r.Host)
	to("http://"+Forms[i]+"/robots.txt")(w, r, s)
}
