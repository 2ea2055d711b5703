using System.Collections;

namespace Stackmeta.Tests;

/// <summary>Secrets that systemd hands to the service (systemd.exec(5), LoadCredential=).</summary>
public sealed class CredentialTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-credentials-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    SettingValues Read(params string[] assignments) =>
        SettingsReader.Read(null, new Hashtable { ["CREDENTIALS_DIRECTORY"] = _folder }, assignments);

    [Fact]
    public void A_credential_is_the_file_of_its_setting()
    {
        var path = Path.Combine(_folder, "stackmeta_shared_secret");
        File.WriteAllText(path, "secret");
        var settings = Read();
        Assert.Equal(path, settings.Get(KnownSettings.SharedSecretFile));
        Assert.Equal("credential stackmeta_shared_secret", settings.OriginOf(KnownSettings.SharedSecretFile));
    }

    [Fact]
    public void Credentials_that_are_not_there_set_nothing()
    {
        Assert.False(Read().IsSet(KnownSettings.SharedSecretFile));
        Assert.False(Read().IsSet(KnownSettings.InventoryPasswordFile));
    }

    [Fact]
    public void A_setting_beats_the_credential()
    {
        File.WriteAllText(Path.Combine(_folder, "stackmeta_inventory_password"), "secret");
        var settings = Read("inventory.password_file=/elsewhere");
        Assert.Equal("/elsewhere", settings.Get(KnownSettings.InventoryPasswordFile));
    }
}
