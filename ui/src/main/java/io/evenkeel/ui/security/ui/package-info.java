/** The login page. Touched by the thread that holds the page's session lock alone. */
@NullMarked
package io.evenkeel.ui.security.ui;

import org.jspecify.annotations.NullMarked;
