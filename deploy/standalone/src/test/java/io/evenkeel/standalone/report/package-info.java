/** Tests. */
package io.evenkeel.standalone.report;
