/** What the tests of the dashboard share: a database as the writer makes it, and runs in it. */
package io.evenkeel.ui;
