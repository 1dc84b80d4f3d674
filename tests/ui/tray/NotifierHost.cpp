// A StatusNotifier host as a panel has one, on the session bus it is started on: the watcher and what it may
// ask of an icon. Commands come on stdin, one a line, each answered by a line of JSON:
//   item            what the icon says of itself (or null while there is none)
//   icon FILE       its picture of 22 pixels, as PNG
//   menu            its menu by com.canonical.dbusmenu: [{id, label, enabled, visible, children…}]
//   click ID        a click on that item
//   activate        a left click on the icon
#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusInterface>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusServiceWatcher>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>

#include <cstdio>

namespace {

struct MenuItem {
    int id = 0;
    QVariantMap properties;
    QList<MenuItem> children;
};
struct Picture {
    int width = 0, height = 0;
    QByteArray argb; // network order
};
struct ToolTip {
    QString icon;
    QList<Picture> pictures;
    QString title, text;
};

const QDBusArgument& operator>>(const QDBusArgument& in, MenuItem& item) {
    in.beginStructure();
    in >> item.id >> item.properties;
    in.beginArray();
    while (!in.atEnd()) {
        QDBusVariant child;
        in >> child;
        item.children.append(qdbus_cast<MenuItem>(child.variant().value<QDBusArgument>()));
    }
    in.endArray();
    in.endStructure();
    return in;
}
QDBusArgument& operator<<(QDBusArgument& out, const Picture& picture) {
    out.beginStructure();
    out << picture.width << picture.height << picture.argb;
    out.endStructure();
    return out;
}
const QDBusArgument& operator>>(const QDBusArgument& in, Picture& picture) {
    in.beginStructure();
    in >> picture.width >> picture.height >> picture.argb;
    in.endStructure();
    return in;
}
const QDBusArgument& operator>>(const QDBusArgument& in, ToolTip& tip) {
    in.beginStructure();
    in >> tip.icon >> tip.pictures >> tip.title >> tip.text;
    in.endStructure();
    return in;
}

QJsonArray toJson(const QList<MenuItem>& items) {
    QJsonArray array;
    for (const MenuItem& item : items) {
        const auto flag = [&](const char* name) {
            return item.properties.value(QString::fromLatin1(name), true).toBool();
        };
        QJsonObject object{
            {QStringLiteral("id"), item.id},
            {QStringLiteral("label"), item.properties.value(QStringLiteral("label")).toString()},
            {QStringLiteral("enabled"), flag("enabled")},
            {QStringLiteral("visible"), flag("visible")},
            {QStringLiteral("checked"), item.properties.value(QStringLiteral("toggle-state")).toInt() == 1}};
        if (!item.children.isEmpty()) object.insert(QStringLiteral("children"), toJson(item.children));
        array.append(object);
    }
    return array;
}

} // namespace

Q_DECLARE_METATYPE(MenuItem)
Q_DECLARE_METATYPE(Picture)

class NotifierHost final : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.StatusNotifierWatcher")
    Q_PROPERTY(bool IsStatusNotifierHostRegistered READ hasHost)
    Q_PROPERTY(int ProtocolVersion READ version)
    Q_PROPERTY(QStringList RegisteredStatusNotifierItems READ items)
  public:
    NotifierHost() {
        connect(&m_gone, &QDBusServiceWatcher::serviceUnregistered, this, [this](const QString& name) {
            if (name == m_service) m_service.clear();
        });
        m_gone.setConnection(QDBusConnection::sessionBus());
        m_gone.setWatchMode(QDBusServiceWatcher::WatchForUnregistration);
    }
    bool hasHost() const { return true; }
    int version() const { return 0; }
    QStringList items() const { return m_service.isEmpty() ? QStringList() : QStringList{m_service}; }

    QJsonValue answer(const QString& command, const QString& argument) {
        if (m_service.isEmpty()) return {};
        if (command == u"item") return describe();
        if (command == u"icon") return save(argument);
        if (command == u"menu") return menu();
        if (command == u"click") return click(argument.toInt());
        if (command == u"activate") return call(item(), "Activate", {0, 0}).isNull();
        return QStringLiteral("?");
    }

  public slots:
    void RegisterStatusNotifierItem(const QString& service) {
        m_service = service;
        m_gone.addWatchedService(service);
        emit StatusNotifierItemRegistered(service);
    }
    void RegisterStatusNotifierHost(const QString&) {}

  signals:
    void StatusNotifierItemRegistered(const QString& service);
    void StatusNotifierItemUnregistered(const QString& service);
    void StatusNotifierHostRegistered();

  private:
    QDBusInterface& item() {
        m_item = std::make_unique<QDBusInterface>(m_service, QStringLiteral("/StatusNotifierItem"),
                                                  QStringLiteral("org.kde.StatusNotifierItem"));
        return *m_item;
    }
    // Empty when it was done, else what went wrong.
    static QJsonValue call(QDBusInterface& interface, const char* method, const QVariantList& arguments) {
        const QDBusMessage reply =
            interface.callWithArgumentList(QDBus::Block, QString::fromLatin1(method), arguments);
        return reply.type() == QDBusMessage::ErrorMessage ? QJsonValue(reply.errorMessage()) : QJsonValue();
    }
    // By Properties.Get: QDBusInterface does not know the types of these.
    QVariant property(const char* name) {
        QDBusInterface properties(m_service, QStringLiteral("/StatusNotifierItem"),
                                  QStringLiteral("org.freedesktop.DBus.Properties"));
        const QDBusMessage reply = properties.call(
            QStringLiteral("Get"), QStringLiteral("org.kde.StatusNotifierItem"), QString::fromLatin1(name));
        return reply.arguments().value(0).value<QDBusVariant>().variant();
    }
    QJsonValue describe() {
        const auto tip = qdbus_cast<ToolTip>(property("ToolTip").value<QDBusArgument>());
        return QJsonObject{{QStringLiteral("id"), property("Id").toString()},
                           {QStringLiteral("status"), property("Status").toString()},
                           {QStringLiteral("tooltip"), tip.title},
                           {QStringLiteral("pictures"), static_cast<int>(pictures().size())}};
    }
    QList<Picture> pictures() {
        return qdbus_cast<QList<Picture>>(property("IconPixmap").value<QDBusArgument>());
    }
    QJsonValue save(const QString& file) {
        for (const Picture& picture : pictures()) {
            if (picture.width != 22) continue;
            QImage image(picture.width, picture.height, QImage::Format_ARGB32);
            for (int y = 0; y < picture.height; ++y) {
                for (int x = 0; x < picture.width; ++x) {
                    const auto* at = reinterpret_cast<const uchar*>(picture.argb.constData()) +
                                     4 * (y * picture.width + x);
                    image.setPixel(x, y, qRgba(at[1], at[2], at[3], at[0]));
                }
            }
            return image.save(file);
        }
        return false;
    }
    QString menuPath() { return property("Menu").value<QDBusObjectPath>().path(); }
    QJsonValue menu() {
        QDBusInterface menu(m_service, menuPath(), QStringLiteral("com.canonical.dbusmenu"));
        const QDBusMessage reply = menu.call(QStringLiteral("GetLayout"), 0, -1, QStringList());
        if (reply.arguments().size() < 2) return reply.errorMessage();
        return toJson(qdbus_cast<MenuItem>(reply.arguments().at(1).value<QDBusArgument>()).children);
    }
    QJsonValue click(int id) {
        QDBusInterface menu(m_service, menuPath(), QStringLiteral("com.canonical.dbusmenu"));
        return call(menu, "Event",
                    {id, QStringLiteral("clicked"), QVariant::fromValue(QDBusVariant(QString())), 0u})
            .isNull();
    }

    QString m_service;
    QDBusServiceWatcher m_gone;
    std::unique_ptr<QDBusInterface> m_item;
};

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    qDBusRegisterMetaType<Picture>();
    qDBusRegisterMetaType<QList<Picture>>();
    NotifierHost host;
    QDBusConnection bus = QDBusConnection::sessionBus();
    const bool taken = bus.registerObject(QStringLiteral("/StatusNotifierWatcher"), &host,
                                          QDBusConnection::ExportAllContents) &&
                       bus.registerService(QStringLiteral("org.kde.StatusNotifierWatcher"));
    if (!taken) return 1;
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered)) return 1;
    QSocketNotifier typed(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&typed, &QSocketNotifier::activated, [&] {
        const QString line = QString::fromUtf8(input.readLine()).trimmed();
        if (line.isEmpty()) return QCoreApplication::quit();
        const QJsonArray answer{host.answer(line.section(u' ', 0, 0), line.section(u' ', 1))};
        std::printf("%s\n", QJsonDocument(answer).toJson(QJsonDocument::Compact).constData());
        std::fflush(stdout);
    });
    std::printf("[\"ready\"]\n");
    std::fflush(stdout);
    return QCoreApplication::exec();
}
#include "NotifierHost.moc"
