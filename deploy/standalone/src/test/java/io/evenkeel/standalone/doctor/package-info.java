/** Tests. */
package io.evenkeel.standalone.doctor;
