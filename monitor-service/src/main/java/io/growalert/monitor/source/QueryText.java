package io.growalert.monitor.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query, split into tokens to find its parameters {@code :from} and {@code :to}, but not similar text inside a quoted text or
 * name, a comment, a regular expression, a cast or an array slice.
 */
public final class QueryText {
    private static final Set<String> PARAMETERS = Set.of("from", "to");
    private static final String REGULAR_EXPRESSION = "/(?:[^/\\\\\\n]++|\\\\.)++/";

    /** The languages whose quotes and comments are known. */
    public enum Syntax {
        /** As PostgreSQL reads it, with {@code standard_conforming_strings}. */
        SQL("--[^\\n]*+", "(?<!\\w)[eE]'(?:[^'\\\\]++|\\\\.)*+'", "'[^']*+'", "\"[^\"]*+\""),
        INFLUXQL(
                "--[^\\n]*+",
                "'(?:[^'\\\\]++|\\\\.)*+'",
                "\"(?:[^\"\\\\]++|\\\\.)*+\"",
                "(?:(?<=[~(,]\\s{0,20})|(?<=(?i:from|select|by)\\s{1,20}))" + REGULAR_EXPRESSION),
        FLUX("//[^\\n]*+", "\"(?:[^\"\\\\]++|\\\\.)*+\"", "(?<=[~(,:]\\s{0,20})" + REGULAR_EXPRESSION);

        private final Pattern token;

        Syntax(String... literals) {
            token = Pattern.compile(
                    "(?<literal>" + String.join("|", literals) + ")"
                            + "|(?<![\\w:\\])\"]):(?<name>[A-Za-z_]\\w*+)"
                            + "|(?<dollar>(?<!\\w)\\$(?:[A-Za-z_]\\w*+)?+\\$)"
                            + "|::|/\\*|\\w++|[\\s,.=<>()*+]++|.",
                    Pattern.DOTALL);
        }

        private boolean beginsLiteral(String code) {
            return switch (code) {
                case "\"" -> true;
                case "'", "/*" -> this != FLUX;
                default -> false;
            };
        }
    }

    /** The text to send, and the mapping of its positions to the original text. */
    public record Rendered(String text, QueryText written, List<Integer> starts) {
        public Rendered {
            starts = List.copyOf(starts);
        }

        /** The position in the original text of the sent text's character at {@code index}, from 0. */
        public String place(int index) {
            int piece = 0;
            while (piece + 1 < starts.size() && starts.get(piece + 1) <= index) {
                piece++;
            }
            var origin = written.pieces.get(piece);
            int within = origin.kind == Kind.PARAMETER ? 0 : index - starts.get(piece);
            return written.place(origin.start + within);
        }
    }

    private enum Kind {
        CODE,
        LITERAL,
        COMMENT,
        PARAMETER
    }

    private record Piece(Kind kind, String text, int start) {}

    private final String text;
    private final Syntax syntax;
    private final List<Piece> pieces = new ArrayList<>();
    private @Nullable String problem;

    private QueryText(String text, Syntax syntax) {
        this.text = text;
        this.syntax = syntax;
    }

    public static QueryText parse(String text, Syntax syntax) {
        var query = new QueryText(text, syntax);
        query.takeApart();
        return query;
    }

    /**
     * The problem of the query: empty, several statements, an unknown parameter, or an unterminated quote. Flux may have several
     * statements, and a colon before a name in other places.
     */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    public boolean uses(String parameter) {
        return pieces.stream().anyMatch(piece -> piece.kind == Kind.PARAMETER && piece.text.equals(parameter));
    }

    /** The query without quoted texts and comments: its keywords, operators and plain names. */
    public String code() {
        return pieces.stream()
                .map(piece -> piece.kind == Kind.CODE ? piece.text : " ")
                .collect(Collectors.joining());
    }

    /**
     * The text to send.
     *
     * @param code replaces a piece outside of quotes and comments
     * @param parameter the replacement of the parameter of this name
     */
    public Rendered render(UnaryOperator<String> code, UnaryOperator<String> parameter) {
        var sent = new StringBuilder();
        var starts = new ArrayList<Integer>();
        for (var piece : pieces) {
            starts.add(sent.length());
            sent.append(
                    switch (piece.kind) {
                        case CODE -> code.apply(piece.text);
                        case LITERAL, COMMENT -> piece.text;
                        case PARAMETER -> parameter.apply(piece.text);
                    });
        }
        return new Rendered(sent.toString(), this, starts);
    }

    /** In linear time: parsing ends at the first unterminated quote or comment. */
    private void takeApart() {
        var token = syntax.token.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
        boolean ended = false;
        for (int at = 0; at < text.length(); at = pieces.getLast().start + length(pieces.getLast())) {
            token.region(at, text.length());
            if (!token.lookingAt()) {
                throw new IllegalStateException("any character is a token");
            }
            var piece = piece(token, at);
            pieces.add(piece);
            if (piece.kind == Kind.CODE && beginsLiteral(piece.text, token.group("dollar") != null)) {
                found("what is quoted or a comment from %s on does not end", at);
                pieces.add(new Piece(Kind.LITERAL, text.substring(at + length(piece)), at + length(piece)));
                break;
            }
            if (ended && piece.kind != Kind.COMMENT && !piece.text.isBlank()) {
                found("a second statement begins at %s; only one is allowed", at);
            } else if (piece.kind == Kind.CODE && token.group("name") != null && syntax != Syntax.FLUX) {
                found(token.group() + " at %s is not known; the parameters are :from and :to", at);
            }
            ended |= syntax != Syntax.FLUX && piece.kind == Kind.CODE && piece.text.equals(";");
        }
        if (pieces.stream().allMatch(piece -> piece.kind == Kind.COMMENT || piece.text.isBlank())) {
            problem = "it is empty";
        }
    }

    private boolean beginsLiteral(String code, boolean dollar) {
        return syntax.beginsLiteral(code) || (dollar && syntax == Syntax.SQL);
    }

    private Piece piece(Matcher token, int at) {
        var found = token.group();
        if (token.group("literal") != null) {
            boolean comment = found.startsWith("--") || found.startsWith("//");
            return new Piece(comment ? Kind.COMMENT : Kind.LITERAL, found, at);
        }
        var name = token.group("name");
        if (name != null && PARAMETERS.contains(name)) {
            return new Piece(Kind.PARAMETER, name, at);
        }
        if (token.group("dollar") != null && syntax == Syntax.SQL) {
            int end = text.indexOf(found, at + found.length());
            return end < 0
                    ? new Piece(Kind.CODE, found, at)
                    : new Piece(Kind.LITERAL, text.substring(at, end + found.length()), at);
        }
        int end = found.equals("/*") && syntax != Syntax.FLUX ? endOfComment(at) : -1;
        return end < 0 ? new Piece(Kind.CODE, found, at) : new Piece(Kind.COMMENT, text.substring(at, end), at);
    }

    /** Comments nest in SQL. */
    private int endOfComment(int start) {
        int depth = 0;
        for (int i = start; i + 1 < text.length(); i++) {
            if (i == start || (syntax == Syntax.SQL && text.startsWith("/*", i))) {
                depth++;
                i++;
            } else if (text.startsWith("*/", i)) {
                i++;
                if (--depth == 0) {
                    return i + 1;
                }
            }
        }
        return -1;
    }

    private static int length(Piece piece) {
        return piece.kind == Kind.PARAMETER ? piece.text.length() + 1 : piece.text.length();
    }

    private void found(String message, int at) {
        if (problem == null) {
            problem = message.formatted(place(at));
        }
    }

    private String place(int at) {
        var before = text.substring(0, Math.min(at, text.length()));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return "line %d, column %d".formatted(line, at - before.lastIndexOf('\n'));
    }
}
