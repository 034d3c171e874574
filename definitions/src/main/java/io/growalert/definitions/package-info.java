/**
 * Reading definition files. A file becomes a tree whose values have a place; readers take values from it through {@link
 * Section}. All problems are collected in {@link Problems}, so that one pass over a file reports everything. The services
 * interpret the values.
 */
@NullMarked
package io.growalert.definitions;

import org.jspecify.annotations.NullMarked;
