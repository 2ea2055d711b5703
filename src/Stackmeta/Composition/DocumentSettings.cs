using Stackmeta.Documents;

namespace Stackmeta;

/// <summary>The settings that change what documents say, for every way on which they reach a guest.</summary>
static class DocumentSettings
{
    public static DocumentOptions Of(SettingValues settings) =>
        new()
        {
            IsKeyPerLine = true,
            DhcpDomain = settings.Get(KnownSettings.DhcpDomain),
            Compatibility = settings.Get(KnownSettings.Compatibility),
        };
}
