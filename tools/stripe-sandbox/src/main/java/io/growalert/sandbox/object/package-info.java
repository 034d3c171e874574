/** What every resource of the API is made of: the stored objects, their ids, times, events and lists. */
@NullMarked
package io.growalert.sandbox.object;

import org.jspecify.annotations.NullMarked;
