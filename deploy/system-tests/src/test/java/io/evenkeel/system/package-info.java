/**
 * Tests of the whole, started as a user starts it and seen from outside: console, report, database,
 * browser.
 */
package io.evenkeel.system;
