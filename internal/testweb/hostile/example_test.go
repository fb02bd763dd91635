package hostile_test

import (
	"fmt"
	"net/http"

	"github.com/newsonce/newsonce/internal/testweb/hostile"
)

// A server for a case of one's own.
func ExampleServe() {
	s, err := hostile.Serve(hostile.Case{
		Name: "teapot",
		Answers: map[string]hostile.Answer{"/news/bad": func(w http.ResponseWriter, _ *http.Request, _ *hostile.Server) {
			w.WriteHeader(http.StatusTeapot)
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Stop()
	for _, path := range []string{"/", "/news/bad"} {
		res, err := http.Get("http://" + s.Host + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		res.Body.Close()
		fmt.Println(path, res.StatusCode)
	}
	fmt.Println("requests:", len(s.Log()), "leaks:", s.Leaks())
	// Output:
	// / 200
	// /news/bad 418
	// requests: 2 leaks: 0
}
