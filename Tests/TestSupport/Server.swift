/// Servers that tests start.
package enum Server {}
