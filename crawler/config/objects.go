package config

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// S3 says how the object storage of an output.path s3://… is reached.
type S3 struct {
	Endpoint    string // URL; "" = that of AWS
	Region      string // "" = from the environment, else found out
	PathStyle   string // "true", "false", or "" = as the endpoint needs it
	PutIfAbsent bool
}

// defaultS3 has the built-in defaults.
var defaultS3 = S3{PutIfAbsent: true}

// isURL reports whether a path belongs to a sink with a scheme of its own.
func isURL(path string) bool { return strings.Contains(path, "://") }

// Spool returns the folder for what is collected before it goes to an object storage, ""
// for a state that is not a file.
func (c *Config) Spool() string {
	if isURL(c.State) {
		return ""
	}
	return c.State + ".spool"
}

func (s *S3) read(n *Node) {
	n.Read("s3", Keys{
		"endpoint":      func(v *Node) { s.Endpoint = v.endpoint() },
		"region":        func(v *Node) { s.Region = v.Text() },
		"path_style":    func(v *Node) { s.PathStyle = strconv.FormatBool(v.Flag()) },
		"put_if_absent": func(v *Node) { s.PutIfAbsent = v.onOff() },
	})
}

func (s *S3) print() Mapping {
	m := Mapping{}
	if s.Endpoint != "" {
		m = append(m, Entry{"endpoint", s.Endpoint})
	}
	if s.Region != "" {
		m = append(m, Entry{"region", s.Region})
	}
	if s.PathStyle != "" {
		m = append(m, Entry{"path_style", s.PathStyle == "true"})
	}
	return append(m, Entry{"put_if_absent", s.PutIfAbsent})
}

// onOff reads on or off, also as a boolean.
func (n *Node) onOff() bool {
	if n.form == boolean {
		return n.Flag()
	}
	return Choice(n, "on", "off") == "on"
}

// endpoint reads the URL of an object storage.
func (n *Node) endpoint() string {
	raw := n.Text()
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		n.Fail("endpoint %q is not a URL: write https://HOST or http://HOST:PORT", clip(raw))
	case u.User != nil:
		n.Fail("endpoint must not hold credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		n.Fail("endpoint %q must be without a path: the bucket belongs to output.path", clip(raw))
	}
	return strings.TrimSuffix(raw, "/")
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// objectPath checks an output.path s3://BUCKET/NAME.
func (n *Node) objectPath(c *Config) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(c.Output.Path, "s3://"), "/")
	switch {
	case strings.Contains(bucket, "{"):
		n.Fail("output.path %q: the name of the bucket must not have a placeholder", clip(c.Output.Path))
	case !bucketName.MatchString(bucket):
		n.Fail("output.path %q: the bucket must have a name of 3 to 63 lower-case letters, digits, . and -",
			clip(c.Output.Path))
	case key == "":
		n.Fail("output.path %q has no name after the bucket: write s3://%s/items.jsonl.gz", clip(c.Output.Path), bucket)
	case path.Clean("/"+key) != "/"+key:
		n.Fail("output.path %q must have neither //, nor . or .. between slashes", clip(c.Output.Path))
	case slices.Contains(strings.Split(key, "/"), ".newsonce-probe"):
		n.Fail("output.path %q: the name .newsonce-probe is taken", clip(c.Output.Path))
	}
	if c.Output.Rotate.Size > maxObject {
		n.Fail("output.rotate.size must be at most 64MiB for an object storage, where each object is written at once")
	}
}

// maxObject is the largest size of an object.
const maxObject = 64 << 20
