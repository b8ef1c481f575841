// Package connect lists the connectors that are part of Kefu. The list is explicit: there is no registration behind anybody's back.
//
// It imports the connectors below it and nothing else, and holds no state.
package connect
