package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
)

// Error is what a person has to know about a request that failed.
type Error struct {
	What string // what is wrong, where
	Do   string // what to do about it
	Err  error  // as the client library has it
}

func (e *Error) Error() string { return e.What + "; " + e.Do }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// passes reports whether an error may pass by itself.
func passes(err error) bool {
	var r minio.ErrorResponse
	var connection net.Error
	switch {
	case isUntrusted(err):
		return false
	case errors.As(err, &r):
		return r.StatusCode == http.StatusConflict || r.StatusCode == http.StatusRequestTimeout ||
			r.StatusCode == http.StatusTooManyRequests || r.StatusCode >= 500 && r.StatusCode != http.StatusNotImplemented
	}
	return errors.As(err, &connection) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, errStalled)
}

// isStatus reports whether a server answered with a status.
func isStatus(err error, status int) bool {
	var r minio.ErrorResponse
	return errors.As(err, &r) && r.StatusCode == status && r.Code != minio.NoSuchBucket
}

// isMissing reports whether there is no such object.
func isMissing(err error) bool { return isStatus(err, http.StatusNotFound) }

// isUntrusted reports whether TLS failed.
func isUntrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	return errors.As(err, &certificate) || errors.As(err, &authority) ||
		err != nil && strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// remedies say what is wrong and what to do, by the code of the error. %[1]s is the
// bucket, %[2]s the endpoint, %[3]s the region that was used.
var remedies = map[string][2]string{
	minio.NoSuchBucket:  {"there is no bucket %[1]q at %[2]s", "create it, or correct output.path"},
	"InvalidBucketName": {"%[2]s rejects the bucket name %[1]q", "correct output.path"},
	minio.AccessDenied: {"%[2]s denies access to the bucket %[1]q",
		"allow the credentials s3:PutObject, s3:GetObject and s3:ListBucket on it, or use others"},
	"AccountProblem":        {"%[2]s reports a problem with the account", "see its console"},
	"AllAccessDisabled":     {"%[2]s has disabled all access to the bucket %[1]q", "see its console"},
	"InvalidAccessKeyId":    {"%[2]s does not know the access key", "set AWS_ACCESS_KEY_ID to one that is valid there"},
	"SignatureDoesNotMatch": {"%[2]s rejects the secret key", "set AWS_SECRET_ACCESS_KEY to that of the access key"},
	"ExpiredToken":          {"the credentials for %[2]s have expired", "renew them"},
	"InvalidToken":          {"%[2]s rejects the session token", "renew AWS_SESSION_TOKEN, or unset it"},
	"RequestTimeTooSkewed":  {"the clock of this machine differs too much from that of %[2]s", "set it right"},
	"XAmzContentSHA256Mismatch": {"%[2]s received other bytes than were sent",
		"run again; if it repeats, look for a proxy that changes requests"},
	"QuotaExceeded": {"the bucket %[1]q at %[2]s has reached its quota", "raise it"},
}

// regional are the codes of errors about the region.
var regional = map[string]bool{"AuthorizationHeaderMalformed": true, "PermanentRedirect": true, "InvalidRegion": true,
	"IllegalLocationConstraintException": true, "TemporaryRedirect": true, "InvalidRegionName": true}

// explain turns an error of the client into a line for a person.
func (b *Bucket) explain(err error) error {
	var known *Error
	var conflict *ConflictError
	if err == nil || errors.As(err, &known) || errors.As(err, &conflict) || errors.Is(err, context.Canceled) {
		return err
	}
	e := &Error{Err: err}
	var r minio.ErrorResponse
	switch {
	case errors.Is(err, ErrNotEnforced):
		e.What = fmt.Sprintf("%s ignores If-None-Match and overwrites existing objects", b.endpoint)
		e.Do = "if no other program writes there, set s3: {put_if_absent: off}"
	case errors.Is(err, errNoCredentials):
		e.What, e.Do = "no credentials for "+b.endpoint+" were found", howCredentials
	case errors.As(err, &r):
		b.explainAnswer(e, r)
	case isUntrusted(err):
		e.What, e.Do = fmt.Sprintf("%s has no valid TLS certificate (%v)", b.endpoint, cause(err)),
			"correct s3.endpoint, or trust its authority with SSL_CERT_FILE"
	case passes(err):
		e.What, e.Do = fmt.Sprintf("%s cannot be reached (%v)", b.endpoint, cause(err)),
			"check s3.endpoint and the network, and run again"
	default:
		e.What, e.Do = fmt.Sprintf("no request to %s could be made (%v)", b.endpoint, err), "check s3 and output.path"
	}
	return e
}

// explainAnswer explains what a server answered.
func (b *Bucket) explainAnswer(e *Error, r minio.ErrorResponse) {
	remedy, ok := remedies[r.Code]
	switch {
	case regional[r.Code] || r.StatusCode == http.StatusMovedPermanently:
		e.What, e.Do = fmt.Sprintf("the bucket %q at %s is not in region %q", b.name, b.endpoint, b.region),
			"set s3: {region: …} to that of the bucket"
		if r.Region != "" && r.Region != b.region {
			e.Do = fmt.Sprintf("set s3: {region: %s}", r.Region)
		}
	case ok:
		e.What, e.Do = fmt.Sprintf(remedy[0]+"%.0[1]s%.0[2]s", b.name, b.endpoint), remedy[1]
	case r.StatusCode == 0: // the client library could not use the answer
		e.What, e.Do = fmt.Sprintf("the answer of %s is not understood (%s)", b.endpoint, r.Message), "check s3.endpoint"
	case r.StatusCode == http.StatusNotImplemented:
		e.What = fmt.Sprintf("%s does not support If-None-Match (%s)", b.endpoint, r.Code)
		e.Do = "if no other program writes there, set s3: {put_if_absent: off}"
	case r.StatusCode == http.StatusForbidden || r.StatusCode == http.StatusUnauthorized:
		e.What = fmt.Sprintf("%s refuses the credentials (%s)", b.endpoint, answer(r))
		e.Do = "renew them, or give them the rights"
	case r.StatusCode >= 500 || r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusConflict:
		e.What, e.Do = fmt.Sprintf("%s keeps answering %s", b.endpoint, answer(r)), "run again when it works"
	default:
		e.What, e.Do = fmt.Sprintf("%s answers %s", b.endpoint, answer(r)), "check s3.endpoint, path_style and output.path"
	}
}

// answer names an answer in a few words.
func answer(r minio.ErrorResponse) string {
	text := fmt.Sprintf("HTTP %d", r.StatusCode)
	if r.Code != "" {
		text += " " + r.Code
	}
	return text
}

// cause is the innermost error about a connection.
func cause(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &op):
		return op.Err
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it does not answer in time")
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	if strings.HasPrefix(err.Error(), "Connection closed by foreign host") {
		return errors.New("it closed the connection")
	}
	return err
}
