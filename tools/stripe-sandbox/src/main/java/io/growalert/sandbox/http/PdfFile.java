package io.growalert.sandbox.http;

import java.util.ArrayList;
import java.util.List;

/** A PDF file of one page with lines of text. It is all ASCII, so that a position in it is a position in the text. */
public final class PdfFile {
    private PdfFile() {}

    /** @param lines at most about 45; other characters than ASCII's are replaced */
    public static ApiResponse of(String fileName, List<String> lines) {
        var text = new StringBuilder("BT /F1 12 Tf 16 TL 72 770 Td\n");
        for (var line : lines) {
            text.append('(').append(ascii(line)).append(") Tj T*\n");
        }
        text.append("ET");
        var objects = List.of(
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
                "<< /Length %d >>\nstream\n%s\nendstream".formatted(text.length(), text));
        var file = new StringBuilder("%PDF-1.4\n");
        var positions = new ArrayList<Integer>();
        for (int i = 0; i < objects.size(); i++) {
            positions.add(file.length());
            file.append("%d 0 obj\n%s\nendobj\n".formatted(i + 1, objects.get(i)));
        }
        int table = file.length();
        file.append("xref\n0 %d\n0000000000 65535 f \n".formatted(objects.size() + 1));
        positions.forEach(position -> file.append("%010d 00000 n \n".formatted(position)));
        file.append(
                "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n".formatted(objects.size() + 1, table));
        return ApiResponse.text(200, "application/pdf", file.toString())
                .with("Content-Disposition", "inline; filename=\"%s\"".formatted(fileName));
    }

    private static String ascii(String line) {
        return line.replace("×", "x")
                .replaceAll("[^ -~]", "?")
                .replace("\\", "\\\\")
                .replace("(", "\\(")
                .replace(")", "\\)");
    }
}
