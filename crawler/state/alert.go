package state

// Alert is an alert on a new item that waits for its delivery to one receiver.
type Alert struct {
	ID       string // of the delivery; no other alert ever had it
	Receiver string // names the receiver in crawl.yaml
	URL      string // identifies the item's article; Withdrawals of it drop the alert
	Message  []byte // to deliver; opaque to the store
}
