using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>The settings that say how much one guest may ask for.</summary>
static class GuestLimitSettings
{
    public static GuestLimitOptions Of(SettingValues settings) =>
        new()
        {
            MaxConnections = (int)settings.Get(KnownSettings.EdgeGuestConnections),
            RateLimitEnabled = settings.Get(KnownSettings.EdgeRateLimitEnabled),
            BaseQueryRateLimit = (int)settings.Get(KnownSettings.EdgeBaseQueryRateLimit),
            BaseWindowDuration = settings.Get(KnownSettings.EdgeBaseWindowDuration),
            BurstQueryRateLimit = (int)settings.Get(KnownSettings.EdgeBurstQueryRateLimit),
            BurstWindowDuration = settings.Get(KnownSettings.EdgeBurstWindowDuration),
        };
}
