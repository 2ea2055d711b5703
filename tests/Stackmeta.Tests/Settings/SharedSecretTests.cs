namespace Stackmeta.Tests;

/// <summary>The shared secret's file.</summary>
public sealed class SharedSecretTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-secret-").FullName;

    string File => Path.Combine(_folder, "secret");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_made_once_readable_by_its_owner_alone()
    {
        var first = SharedSecret.ReadOrMake(File);
        Assert.Equal(first, SharedSecret.ReadOrMake(File));
        Assert.Equal(64, first.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void OSSN_0003_a_secret_that_others_may_read_or_write_is_refused(UnixFileMode mode)
    {
        SharedSecret.ReadOrMake(File);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        Assert.Contains("chmod 600", Assert.Throws<SettingsException>(() => SharedSecret.Read(File)).Message);
    }

    [Fact]
    public void White_space_at_the_end_is_no_part_of_it()
    {
        System.IO.File.WriteAllText(File, "s3cret\n");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);
        Assert.Equal("s3cret"u8, SharedSecret.Read(File));
    }

    [Fact]
    public void What_is_not_UTF8_is_refused()
    {
        System.IO.File.WriteAllBytes(File, [0xff, 0xfe, 0x80, 0x81]);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);
        Assert.Contains("not UTF-8", Assert.Throws<SettingsException>(() => SharedSecret.Read(File)).Message);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Assert.Contains(
            "cannot be made",
            Assert.Throws<SettingsException>(() => SharedSecret.ReadOrMake("/nowhere/secret")).Message
        );
}
