package io.growalert.billing.mail;

import io.growalert.runtime.database.Cursor;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The mails to customers for admins. */
@RestController
@RequestMapping("/api/billing/mails")
class MailsApi {
    private static final int MAX_LIMIT = 1_000;

    private final MailList mails;

    MailsApi(MailList mails) {
        this.mails = mails;
    }

    @GetMapping
    MailList.Page list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        var wanted = given(state);
        if (wanted != null && !MailList.STATES.contains(wanted)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "state", "state: expected one of " + String.join(", ", MailList.STATES));
        }
        if (limit < 1 || limit > MAX_LIMIT) {
            throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected from 1 to " + MAX_LIMIT);
        }
        try {
            var position = given(cursor);
            return mails.read(wanted, position == null ? null : Cursor.read(position), limit);
        } catch (Cursor.InvalidCursor e) {
            throw CommonProblem.INVALID_FIELD.in("cursor", "cursor: " + e.getMessage());
        }
    }

    @PostMapping("/{id}/resend")
    MailList.Entry resend(@PathVariable long id, Operator operator) {
        return mails.resend(id, operator).orElseThrow(() -> unknown(id));
    }

    @PostMapping("/{id}/discard")
    MailList.Entry discard(@PathVariable long id, Operator operator) {
        return mails.discard(id, operator).orElseThrow(() -> unknown(id));
    }

    private static RuntimeException unknown(long id) {
        return CommonProblem.NOT_FOUND.because("no mail with the id '%d'".formatted(id));
    }

    /** Null when the parameter is absent or blank. */
    private static @Nullable String given(@Nullable String parameter) {
        return parameter == null || parameter.isBlank() ? null : parameter.strip();
    }
}
