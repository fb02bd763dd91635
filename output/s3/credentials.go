package s3

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

var errNoCredentials = errors.New("no credentials")

// howCredentials tells where credentials may come from.
const howCredentials = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials " +
	"(other file: AWS_SHARED_CREDENTIALS_FILE, profile: AWS_PROFILE)"

// credentialsFor returns credentials from the environment or from the file that the
// AWS tools share, else of the machine or the container if AWS runs it.
func credentialsFor(endpoint *url.URL) *credentials.Credentials {
	list := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	if isAmazon(endpoint) && os.Getenv("AWS_EC2_METADATA_DISABLED") != "true" || inContainer() {
		list = append(list, &credentials.IAM{Client: &http.Client{Timeout: 5 * time.Second}})
	}
	return credentials.New(&chain{Chain: credentials.Chain{Providers: list}})
}

func isAmazon(endpoint *url.URL) bool { return s3utils.IsAmazonEndpoint(*endpoint) }

// inContainer reports whether the environment names where the credentials of a role
// come from.
func inContainer() bool {
	for _, name := range []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// chain is a credentials.Chain that does not fall back to anonymous requests.
type chain struct{ credentials.Chain }

// Retrieve implements credentials.Provider.
func (c *chain) Retrieve() (credentials.Value, error) { return c.RetrieveWithCredContext(nil) }

// RetrieveWithCredContext implements credentials.Provider.
func (c *chain) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	v, err := c.Chain.RetrieveWithCredContext(cc)
	if err == nil && v.SignerType == credentials.SignatureAnonymous {
		err = errNoCredentials
	}
	return v, err
}
