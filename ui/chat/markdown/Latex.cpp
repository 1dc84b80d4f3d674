#include "ui/chat/markdown/Latex.h"

#include <QHash>

namespace exo::ui::md {

namespace {

const QHash<QString, QString>& symbols() {
    static const QHash<QString, QString> table = [] {
        QHash<QString, QString> out;
        const QString list =
            QStringLiteral("alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota "
                           "ι kappa κ lambda λ mu μ nu ν xi ξ "
                           "pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ "
                           "Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π "
                           "Sigma Σ Phi Φ Psi Ψ Omega Ω times × cdot · div ÷ pm ± mp ∓ leq ≤ le ≤ geq ≥ ge ≥ "
                           "neq ≠ ne ≠ approx ≈ equiv ≡ "
                           "sim ∼ propto ∝ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ oint ∮ in ∈ notin ∉ "
                           "ni ∋ subset ⊂ subseteq ⊆ "
                           "supset ⊃ supseteq ⊇ cup ∪ cap ∩ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ "
                           "lnot ¬ land ∧ wedge ∧ lor ∨ vee ∨ "
                           "to → rightarrow → leftarrow ← Rightarrow ⇒ Leftarrow ⇐ leftrightarrow ↔ "
                           "Leftrightarrow ⇔ implies ⇒ iff ⇔ "
                           "mapsto ↦ uparrow ↑ downarrow ↓ ldots … cdots ⋯ dots … vdots ⋮ ddots ⋱ langle ⟨ "
                           "rangle ⟩ lfloor ⌊ rfloor ⌋ "
                           "lceil ⌈ rceil ⌉ ll ≪ gg ≫ perp ⊥ parallel ∥ mid | angle ∠ circ ∘ bullet • star ⋆ "
                           "ast ∗ oplus ⊕ otimes ⊗ "
                           "prime ′ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ degree ° lvert | rvert | vert | lVert ‖ "
                           "rVert ‖ Vert ‖ lbrace { rbrace } "
                           "mathbb{R} ℝ mathbb{N} ℕ mathbb{Z} ℤ mathbb{Q} ℚ mathbb{C} ℂ setminus ∖ top ⊤ bot "
                           "⊥ vdash ⊢ models ⊨ therefore ∴ "
                           "because ∵ triangle △ square □ blacksquare ■ checkmark ✓ cong ≅ simeq ≃ asymp ≍");
        const auto words = list.split(u' ');
        for (qsizetype i = 0; i + 1 < words.size(); i += 2) {
            out.insert(words[i], words[i + 1]);
        }
        return out;
    }();
    return table;
}

// Drawing instructions that say nothing in plain text, their argument kept.
bool isTransparent(const QString& name) {
    static const QStringList names = QStringLiteral("left right big Big bigl bigr Bigl Bigr text mathrm "
                                                    "mathbf mathit mathsf mathtt mathcal mathbb operatorname "
                                                    "boldsymbol displaystyle textstyle limits nolimits quad "
                                                    "qquad boxed underbrace overbrace mathop textbf textit "
                                                    "hat bar vec tilde overline underline dot ddot")
                                         .split(u' ');
    return names.contains(name);
}

QChar scriptForm(QChar c, bool super) {
    static const QString from = QStringLiteral("0123456789+-=()nijaexoruvk");
    static const QString up = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵃᵉˣᵒʳᵘᵛᵏ");
    static const QString down = QStringLiteral("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢⱼₐₑₓₒᵣᵤᵥₖ");
    const auto at = from.indexOf(c);
    if (at < 0) return {};
    return super ? up[at] : down[at];
}

class Reader {
  public:
    explicit Reader(QStringView text)
        : m_text(text) {}

    QString read(int depth, bool toBrace) {
        QString out;
        while (m_at < m_text.size()) {
            const QChar c = m_text[m_at];
            if (toBrace && c == u'}') {
                ++m_at;
                return out;
            }
            piece(out, depth);
        }
        return out;
    }

  private:
    void piece(QString& out, int depth) {
        const QChar c = m_text[m_at];
        if (c == u'\\') {
            command(out, depth);
        } else if (c == u'{') {
            ++m_at;
            out += depth < k_deepest ? read(depth + 1, true) : QString();
        } else if (c == u'^' || c == u'_') {
            ++m_at;
            script(out, argument(depth), c == u'^');
        } else if (c == u'&' || c == u'~') {
            out += u' ';
            ++m_at;
        } else {
            if (c != u'}') out += c;
            ++m_at;
        }
    }

    // A group or a single sign after a command.
    QString argument(int depth) {
        while (m_at < m_text.size() && m_text[m_at].isSpace()) {
            ++m_at;
        }
        if (m_at >= m_text.size() || depth >= k_deepest) return {};
        if (m_text[m_at] == u'{') {
            ++m_at;
            return read(depth + 1, true);
        }
        QString out;
        piece(out, depth + 1);
        return out;
    }

    void script(QString& out, const QString& argument, bool super) {
        QString small;
        for (const QChar c : argument) {
            const QChar form = scriptForm(c, super);
            if (form.isNull()) {
                const QChar mark = super ? u'^' : u'_';
                out += mark;
                out += argument.size() == 1 ? argument : QString(u'(' + argument + u')');
                return;
            }
            small += form;
        }
        out += small;
    }

    static QString grouped(const QString& text) {
        for (const QChar c : text) {
            if (!c.isLetterOrNumber()) return u'(' + text + u')';
        }
        return text;
    }

    void command(QString& out, int depth) {
        const auto start = ++m_at;
        if (m_at >= m_text.size()) {
            out += u'\\';
            return;
        }
        while (m_at < m_text.size() && m_text[m_at].unicode() < 128 && m_text[m_at].isLetter()) {
            ++m_at;
        }
        if (m_at == start) { // \, \; \{ \\ …
            const QChar c = m_text[m_at++];
            if (c == u'\\')
                out += u'\n';
            else if (c == u',' || c == u';' || c == u':' || c == u' ')
                out += u' ';
            else if (c != u'!')
                out += c;
            return;
        }
        named(out, m_text.mid(start, m_at - start).toString(), depth);
    }

    void named(QString& out, const QString& name, int depth) {
        if (name == u"frac" || name == u"dfrac" || name == u"tfrac") {
            const QString top = argument(depth);
            out += grouped(top) + u'/' + grouped(argument(depth));
        } else if (name == u"sqrt") {
            out += QStringLiteral("√") + grouped(argument(depth));
        } else if (name == u"begin" || name == u"end") {
            argument(depth);
        } else if (name == u"mathbb" && m_at + 2 < m_text.size() && m_text[m_at] == u'{') {
            const QString set = argument(depth);
            out += symbols().value(QStringLiteral("mathbb{") + set + u'}', set);
        } else if (const auto it = symbols().constFind(name); it != symbols().constEnd()) {
            out += *it;
        } else if (isTransparent(name)) {
            if (name.endsWith(u"quad")) out += u' ';
        } else if (name.size() <= 6) { // log, sin, max, …
            out += name;
        } else {
            out += u'\\' + name;
        }
    }

    static constexpr int k_deepest = 24;
    QStringView m_text;
    qsizetype m_at = 0;
};

qsizetype skipCodeSpan(const QString& text, qsizetype at) {
    qsizetype ticks = 0;
    while (at + ticks < text.size() && text[at + ticks] == u'`') {
        ++ticks;
    }
    const QString fence(ticks, u'`');
    const auto close = text.indexOf(fence, at + ticks);
    return close < 0 ? at + ticks : close + ticks;
}

} // namespace

QString readableLatex(QStringView latex) {
    return Reader(latex).read(0, false).trimmed();
}

bool looksLikeLatex(QStringView text) {
    for (const QChar c : text) {
        if (c == u'\\' || c == u'^' || c == u'_' || c == u'=' || c == u'{') return true;
    }
    return text.size() == 1 && text[0].isLetter();
}

QString normaliseMathDelimiters(const QString& markdown) {
    if (!markdown.contains(u"\\(") && !markdown.contains(u"\\[")) return markdown;
    QString out;
    out.reserve(markdown.size());
    qsizetype lastOpen = -1; // place in `out` of an opening that still wants its partner
    QChar wanted;
    for (qsizetype i = 0; i < markdown.size();) {
        const QChar c = markdown[i];
        if (c == u'`') {
            const auto end = skipCodeSpan(markdown, i);
            out += QStringView(markdown).mid(i, end - i);
            i = end;
            continue;
        }
        const QChar next = i + 1 < markdown.size() ? markdown[i + 1] : QChar();
        if (c != u'\\' || next.isNull()) {
            out += c;
            ++i;
            continue;
        }
        if (next == u'(' || next == u'[') {
            lastOpen = out.size();
            wanted = next == u'(' ? u')' : u']';
        } else if (lastOpen >= 0 && next == wanted) {
            const QString mark = next == u')' ? QStringLiteral("$") : QStringLiteral("$$");
            const QString inside = out.mid(lastOpen + 2).trimmed();
            out.truncate(lastOpen);
            out += mark + inside + mark;
            lastOpen = -1;
            i += 2;
            continue;
        }
        out += c;
        out += next;
        i += 2;
    }
    return out;
}

} // namespace exo::ui::md
