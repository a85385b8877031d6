/**
 * Shows results: a table on the terminal, JSON, a page with charts. Writes only the files it is
 * given.
 */
@NullMarked
package io.evenkeel.gym.report;

import org.jspecify.annotations.NullMarked;
