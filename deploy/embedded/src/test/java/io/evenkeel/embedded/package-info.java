/** Tests of the embedded broker and database against the real things. */
package io.evenkeel.embedded;
