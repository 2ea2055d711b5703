using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Core.Logging;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The vendor data that the settings name, for every way on which it reaches a guest.</summary>
static class VendorDataSettings
{
    public static VendorDataProviders Of(
        SettingValues settings,
        AnswerCacheOptions cache,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var file = settings.Get(KnownSettings.VendorDataFile);
        return new(
            new VendorDataOptions { StaticFile = file.Length > 0 ? file : null },
            cache,
            token: null,
            time,
            loggers.CreateLogger<VendorDataProviders>().Throttled(time)
        );
    }
}
