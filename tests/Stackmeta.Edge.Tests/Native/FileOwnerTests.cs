namespace Stackmeta.Edge.Tests;

public sealed class FileOwnerTests
{
    [Fact]
    public void Owner_and_group_are_the_files_own_and_not_of_what_it_leads_to()
    {
        Machine.RequireRoot();
        var folder = Directory.CreateTempSubdirectory("stackmeta-owner-");
        try
        {
            var (file, link) = (Path.Combine(folder.FullName, "file"), Path.Combine(folder.FullName, "link"));
            File.WriteAllText(file, "");
            File.CreateSymbolicLink(link, file);
            Assert.Equal(0, Libc.ChangeOwner(file, 0x01020304, 0x05060708));
            Assert.Equal(0, Libc.ChangeOwnerOfLink(link, 7, 9));
            Assert.Equal((0x01020304u, 0x05060708u), Libc.OwnersOf(file));
            Assert.Equal((7u, 9u), Libc.OwnersOf(link));
            Assert.Null(Libc.OwnersOf(Path.Combine(folder.FullName, "none")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
