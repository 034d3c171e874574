package io.growalert.standalone;

import io.growalert.billing.doctor.Diagnosis;
import io.growalert.billing.doctor.Doctor;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code growalert billing doctor}. */
@Command(
        name = "doctor",
        description =
                "Checks what billing needs: the key and its rights (each call that billing makes is tried, without "
                        + "effect), the prices, the webhook endpoint and its deliveries, signatures, mail and the clock; from here with "
                        + "billing's settings in the environment, and at the running service. Exit code 1: there is a problem.")
final class DoctorCommand extends BillingCommand.Asking {
    @Mixin
    private final StripeOptions stripe;

    @Option(
            names = "--webhook-url",
            paramLabel = "URL",
            description = "The address to which Stripe should post (default: any address that ends with /webhook).")
    private @Nullable URI webhook;

    DoctorCommand() {
        this(new StripeOptions());
    }

    DoctorCommand(StripeOptions stripe) {
        this.stripe = stripe;
    }

    /** A check in the words of both reports. */
    private record Line(
            String check,
            String severity,
            String text,
            @Nullable String remedy) {
        static Line of(Diagnosis diagnosis) {
            return new Line(
                    diagnosis.area().toString(), diagnosis.severity().toString(), diagnosis.text(), diagnosis.remedy());
        }

        boolean isProblem() {
            return severity.equals(Diagnosis.Severity.PROBLEM.toString());
        }

        @Override
        public String toString() {
            return "%-7s  %-10s  %s%s".formatted(severity, check, text, remedy == null ? "" : "; " + remedy);
        }
    }

    @Override
    int ask(BillingApi billing, PrintWriter out) {
        var lines = new ArrayList<Line>();
        var settings = stripe.stripe();
        settings.ifPresent(key -> {
            out.println("From here, at " + key.apiBase() + ":");
            var offer = new Doctor.Offer(
                    stripe.settings().prices(),
                    stripe.settings().devicePrice().orElse(""),
                    stripe.settings().portal());
            var diagnoses = Doctor.withoutService(key, offer, webhook).examine();
            lines.addAll(print(diagnoses.stream().map(Line::of).toList(), out));
        });
        try {
            var answer = billing.call("POST", "/api/billing/doctor", Map.of());
            out.println("By the running billing-service:");
            lines.addAll(print(
                    answer.stream()
                            .flatMap(report -> report.path("checks").valueStream())
                            .map(check -> new Line(
                                    check.path("check").asString(""),
                                    check.path("severity").asString(""),
                                    check.path("text").asString(""),
                                    check.path("remedy").isString()
                                            ? check.path("remedy").asString()
                                            : null))
                            .toList(),
                    out));
        } catch (CannotRun e) {
            if (settings.isEmpty()) {
                throw new CannotRun(
                        "no key of Stripe's is known here: set STRIPE_SECRET_KEY, or name a file with --key-file; and the running service was not checked: "
                                + e.getMessage(),
                        e);
            }
            out.println("The running billing-service, which also checks signatures and mail, was not checked: "
                    + e.getMessage());
        }
        long problems = lines.stream().filter(Line::isProblem).count();
        out.println(problems == 0 ? "no problem" : problems == 1 ? "1 problem" : problems + " problems");
        return problems == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static List<Line> print(List<Line> lines, PrintWriter out) {
        lines.forEach(out::println);
        return lines;
    }
}
