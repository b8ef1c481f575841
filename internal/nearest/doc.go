// Package nearest finds the known word that somebody meant who wrote another one.
//
// It owns the measure of likeness and nothing else. It imports the standard library only. Everything in it is pure.
package nearest
