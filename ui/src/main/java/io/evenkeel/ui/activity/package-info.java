/**
 * What people did in the dashboard and over its API: logins, refused ones, accounts, tokens,
 * labels, exports. Kept in the dashboard's own table; requests to the controller stand, with the
 * name, in the controller's audit trail. Thread-safe; records are immutable. Of the dashboard it
 * imports {@code store} alone; must not import Vaadin.
 */
@NullMarked
package io.evenkeel.ui.activity;

import org.jspecify.annotations.NullMarked;
