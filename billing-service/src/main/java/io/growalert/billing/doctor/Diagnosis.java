package io.growalert.billing.doctor;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of a check.
 *
 * @param text what is, in one line without secrets and personal data
 * @param remedy what to do; null: nothing
 */
public record Diagnosis(
        Area area, Severity severity, String text, @Nullable String remedy) {

    /** What is checked, in the order of the report. */
    public enum Area {
        KEY,
        RIGHTS,
        CLOCK,
        PRICES,
        WEBHOOK,
        EVENTS,
        SIGNATURES,
        MAIL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum Severity {
        OK,
        /** Not known from here, or worth knowing; nothing is wrong. */
        NOTE,
        /** An operator must act. */
        PROBLEM;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Diagnosis ok(Area area, String text) {
        return new Diagnosis(area, Severity.OK, text, null);
    }

    static Diagnosis note(Area area, String text) {
        return new Diagnosis(area, Severity.NOTE, text, null);
    }

    static Diagnosis problem(Area area, String text, String remedy) {
        return new Diagnosis(area, Severity.PROBLEM, text, remedy);
    }

    public boolean isProblem() {
        return severity == Severity.PROBLEM;
    }

    public static boolean hasProblem(List<Diagnosis> diagnoses) {
        return diagnoses.stream().anyMatch(Diagnosis::isProblem);
    }

    /** The problem and what to do, in one line. */
    String inOneLine() {
        return remedy == null ? text : text + "; " + remedy;
    }
}
