using System.Buffers;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Logging;
using Stackmeta.Documents;

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
        if (file.Length > 0)
        {
            Check(file, settings.OriginOf(KnownSettings.VendorDataFile));
        }
        return new(
            new VendorDataOptions { StaticFile = file.Length > 0 ? file : null },
            cache,
            token: null,
            time,
            loggers.CreateLogger<VendorDataProviders>().Throttled(time)
        );
    }

    /// <summary>Who named it wants it served: without it each guest's vendor data would be refused.</summary>
    /// <exception cref="SettingsException">It cannot be.</exception>
    static void Check(string file, string origin)
    {
        try
        {
            // In the form in which it is served; a fault of it later leaves what was read before.
            if (!PythonJson.TryRewrite(File.ReadAllBytes(file), new ArrayBufferWriter<byte>()))
            {
                throw new SettingsException([new(origin, $"vendordata.file is {file}, which is not JSON.")]);
            }
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new SettingsException([
                new(origin, $"vendordata.file is {file}, which cannot be read: {SystemReason.Of(e, file)}."),
            ]);
        }
    }
}
