#pragma once
// Known providers: what the "Add provider" menu offers and fills in. Names are product names and are not
// translated, except those marked by translate(). GUI thread.

#include <QCoreApplication>
#include <QString>
#include <QStringList>

#include <vector>

namespace exo::ui {

struct ProviderPreset {
    QString id;    // also the first choice for the provider's name
    QString title; // as shown
    QString type;  // openai | anthropic
    QString baseUrl;
    QStringList models;
    bool needsKey = true;
    QString keyPage; // where a key is made; empty when none is needed
};

class ProviderPresets {
    Q_DECLARE_TR_FUNCTIONS(ProviderPresets)
  public:
    static std::vector<ProviderPreset> all();
};

} // namespace exo::ui
