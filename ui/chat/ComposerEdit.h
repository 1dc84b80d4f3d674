#pragma once
// The text field of the composer: grows with its text, knows when keys belong to the input method, hands
// files, pictures and very long texts over instead of pasting them. GUI thread.

#include <QPlainTextEdit>

namespace exo::ui {

class ComposerEdit final : public QPlainTextEdit {
    Q_OBJECT
  public:
    explicit ComposerEdit(QWidget* parent = nullptr);

    bool isComposing() const { return !m_preedit.isEmpty(); } // an input method is at work
    static constexpr qsizetype k_longPaste = 8000;            // letters

  signals:
    void sendRequested();
    void escapePressed();
    void filesArrived(const QStringList& paths);
    void imageArrived(const QImage& image);
    void longTextArrived(const QString& text);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool focusNextPrevChild(bool next) override;

  private:
    void fitHeight();

    QString m_preedit;
};

} // namespace exo::ui
