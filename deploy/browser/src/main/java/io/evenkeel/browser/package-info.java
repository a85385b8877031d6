/**
 * A headless Chromium driven as a person would: used in test scope by {@code ui} and {@code
 * deploy/system-tests}, and by what measures the dashboard. One thread at a time. Must not import
 * any module of Evenkeel.
 */
@NullMarked
package io.evenkeel.browser;

import org.jspecify.annotations.NullMarked;
