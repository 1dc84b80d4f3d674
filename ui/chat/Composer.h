#pragma once
// Where the next message is written: text, attachments, send or stop, and what the request will cost. GUI
// thread.

#include "ui/chat/Attachments.h"
#include "ui/chat/ComposerEdit.h"
#include "ui/theme/Theme.h"

#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;

namespace exo::ui {

class IconButton;

class Composer final : public QWidget {
    Q_OBJECT
  public:
    explicit Composer(const ThemeController* theme, QWidget* parent = nullptr);

    ComposerEdit* edit() const { return m_edit; }
    Attachments& attachments() { return m_attachments; }
    QString text() const { return m_edit->toPlainText(); }
    void setText(const QString& text);
    void insertQuote(const QString& text);
    void setBusy(bool busy); // an answer is written: the button stops it
    void setConnected(bool connected);
    // Tokens of what is sent along anyway, the model's window (0 = unknown), and how many messages that is.
    void setHistory(qint64 tokens, int messages, qint64 window);
    void beginEdit(const MessageId& message, const QString& text);
    void endEdit();
    const std::optional<MessageId>& editing() const { return m_editing; }
    void attachFiles(const QStringList& paths);
    void chooseFiles();
    static bool takes(const QMimeData* data); // something dropped that can be attached
    void take(const QMimeData* data);
    void focusInput();

  signals:
    void sendRequested(const QString& text);
    void stopRequested();
    void editFinished(const exo::MessageId& message, const QString& text);
    void textChanged();
    void notice(const QString& text);                      // something could not be attached
    void longTextAttached(const QString& text, int index); // offered: put it into the text instead

  protected:
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void build();
    void retranslate();
    void updateSend();
    void updateEstimate();
    void showAttachments();
    void submit();
    void refuse(Attachments::Refusal refusal, const QString& name);
    QRect cardRect() const;

    const ThemeController* m_theme;
    Attachments m_attachments;
    ComposerEdit* m_edit;
    QWidget* m_card;
    QWidget* m_editRow;
    QLabel* m_editLabel;
    QPushButton* m_cancelEdit;
    QWidget* m_chips;
    QHBoxLayout* m_chipRow;
    IconButton* m_attach;
    QPushButton* m_send;
    QLabel* m_estimate;
    QLabel* m_hint;
    QTimer m_estimateTimer;
    std::optional<MessageId> m_editing;
    QString m_beforeEdit;
    bool m_busy = false;
    bool m_connected = true;
    qint64 m_historyTokens = 0;
    int m_historyMessages = 0;
    qint64 m_window = 0;
};

} // namespace exo::ui
